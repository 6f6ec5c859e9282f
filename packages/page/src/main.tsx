import { render } from 'preact'
import { applyTheme } from './state/theme.ts'
import { App } from './views/app.tsx'
import { WithLanguage } from './words/language.tsx'

applyTheme()
render(
  <WithLanguage>
    <App />
  </WithLanguage>,
  document.getElementById('page')!,
)
