import type { ComponentChildren } from 'preact'
import type { Problem } from '../api/problem.ts'
import { useSpeech } from '../words/language.tsx'
import { Icon } from './icon.tsx'

/** An error with its code, message and hint as the server gives them, and its diagnostics by line. */
export function ProblemBox({
  problem: { status, error, diagnostics = [] },
  again,
}: {
  readonly problem: Problem
  readonly again?: (() => void) | undefined
}) {
  const { say } = useSpeech()
  const unreachable = status === 0
  const hint = unreachable ? say('problem.unreachable.hint') : error.hint
  return (
    <div class="told tone-bad" role="alert">
      <p class="told-title">
        <Icon name="failed" />
        {unreachable ? say('problem.unreachable') : error.message}
      </p>
      {hint && <p>→ {hint}</p>}
      {diagnostics.length > 0 && (
        <ul>
          {diagnostics.map(({ code, message, hint: mend, file, line, column }) => (
            <li key={`${code}${file}${line}${column}`}>
              {file !== undefined && (
                <code>{[file, line, column].filter((part) => part !== undefined).join(':')}</code>
              )}{' '}
              {message} <small>[{code}]</small>
              {mend && <div>→ {mend}</div>}
            </li>
          ))}
        </ul>
      )}
      <p class="told-foot">
        {!unreachable && (
          <small>
            {say('problem.code')} <code>{error.code}</code>
          </small>
        )}
        {again && (
          <button type="button" onClick={again}>
            {say('page.reload')}
          </button>
        )}
      </p>
    </div>
  )
}

/** Says that there is nothing, and what to do next. */
export function Empty({
  title,
  hint,
  children,
}: {
  readonly title: string
  readonly hint?: string
  readonly children?: ComponentChildren
}) {
  return (
    <div class="told tone-quiet">
      <p class="told-title">{title}</p>
      {hint && <p>{hint}</p>}
      {children}
    </div>
  )
}

export function Loading() {
  const { say } = useSpeech()
  return (
    <p class="loading" role="status">
      {say('page.loading')}
    </p>
  )
}

/** A remark that matters less than an error. */
export function Note({ children }: { readonly children: ComponentChildren }) {
  return <p class="note">{children}</p>
}
