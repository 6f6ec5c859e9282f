import { render } from 'preact'
import { App } from './views/app.tsx'
import { applyTheme } from './window/theme.ts'
import { WithLanguage } from './words/language.tsx'

applyTheme()
render(
  <WithLanguage>
    <App />
  </WithLanguage>,
  document.getElementById('page')!,
)
