import { useState } from 'preact/hooks'
import type { Problem } from '../api/problem.ts'
import { setToken, token } from '../api/token.ts'
import { useSpeech } from '../words/language.tsx'

/** Asks for the token of the server; a wrong one is said. */
export function TokenForm({ problem }: { readonly problem: Problem | undefined }) {
  const { say } = useSpeech()
  const [text, setText] = useState('')
  const wrong = token() !== undefined
  const limited = problem?.status === 429
  return (
    <form
      class="told tone-quiet token"
      onSubmit={(event) => {
        event.preventDefault()
        setToken(text.trim() === '' ? undefined : text.trim())
      }}
    >
      <h1>{say('token.title')}</h1>
      <p>{say('token.why')}</p>
      <label>
        {say('token.label')}
        <input
          type="password"
          autocomplete="off"
          required
          value={text}
          aria-invalid={wrong}
          aria-describedby={wrong ? 'token-wrong' : undefined}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </label>
      {wrong && (
        <p id="token-wrong" role="alert" class="wrong">
          {limited ? `${problem.error.message}. ${problem.error.hint ?? ''}` : say('token.wrong')}
        </p>
      )}
      <button type="submit" class="main">
        {say('token.use')}
      </button>
    </form>
  )
}
