import { useState } from 'preact/hooks'
import type { Session } from '../api/documents.ts'
import { setToken, token } from '../api/token.ts'
import { Icon } from '../parts/icon.tsx'
import { type Route, toPipeline } from '../window/route.ts'
import { applyTheme, type Theme, theme, themes } from '../window/theme.ts'
import { type Language, languages, useSpeech } from '../words/language.tsx'

/** Where one is, language, colours, and what the token allows. */
export function Header({ route, session }: { readonly route: Route; readonly session: Session | undefined }) {
  const { say } = useSpeech()
  return (
    <header class="top">
      <nav aria-label={say('page.breadcrumb')}>
        <ol class="crumbs">
          <li>
            <a href="#/" class="brand" aria-current={route.kind === 'pipelines' ? 'page' : undefined}>
              <Wake />
              Sillage
            </a>
          </li>
          {route.kind === 'pipeline' && (
            <li>
              <a href={toPipeline(route.pipeline)}>{route.pipeline}</a>
            </li>
          )}
          {route.kind === 'run' && <li>{route.run}</li>}
        </ol>
      </nav>
      <div class="tools">
        {session?.tokens && (
          <span class="role">
            <Icon name="lock" />
            {say(`role.${session.role}`)}
            {token() !== undefined && (
              <button type="button" class="plain" onClick={() => setToken(undefined)}>
                {say('token.forget')}
              </button>
            )}
          </span>
        )}
        <a href="/openapi">{say('page.api')}</a>
        <LanguageChoice />
        <ThemeChoice />
      </div>
    </header>
  )
}

function LanguageChoice() {
  const { say, language, speak } = useSpeech()
  return (
    <label class="choice">
      <span class="unseen">{say('page.language')}</span>
      <select value={language} onChange={({ currentTarget }) => speak(currentTarget.value as Language)}>
        {Object.entries(languages).map(([code, { name }]) => (
          <option key={code} value={code} lang={code}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}

function ThemeChoice() {
  const { say } = useSpeech()
  const [chosen, setChosen] = useState(theme)
  const choose = (next: Theme): void => {
    applyTheme(next)
    setChosen(next)
  }
  return (
    <label class="choice">
      <span class="unseen">{say('page.theme')}</span>
      <select value={chosen} onChange={({ currentTarget }) => choose(currentTarget.value as Theme)}>
        {themes.map((name) => (
          <option key={name} value={name}>
            {say('page.theme.choice', { theme: say(`page.theme.${name}`) })}
          </option>
        ))}
      </select>
    </label>
  )
}

function Wake() {
  return (
    <svg class="wake" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path d="M16 5v22M16 9c-2 6-6 9-10 11M16 9c2 6 6 9 10 11M16 17c-1 3-3 6-6 8M16 17c1 3 3 6 6 8" />
    </svg>
  )
}
