import { useState } from 'preact/hooks'
import { setQuery } from '../window/route.ts'
import { useSpeech } from '../words/language.tsx'

/** The filter of a table, in the language of the server's. */
export function PreviewFilter({ filter }: { readonly filter: string }) {
  const { say } = useSpeech()
  const [text, setText] = useState(filter)
  return (
    <form
      class="filter"
      onSubmit={(event) => {
        event.preventDefault()
        setQuery({ filter: text.trim(), page: undefined })
      }}
    >
      <label>
        {say('preview.filter')}
        <input
          type="text"
          spellcheck={false}
          autocomplete="off"
          maxLength={4000}
          value={text}
          aria-describedby="filter-hint"
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </label>
      <button type="submit">{say('preview.apply')}</button>
      {filter !== '' && (
        <button type="button" onClick={() => setQuery({ filter: undefined, page: undefined })}>
          {say('preview.clear')}
        </button>
      )}
      <small id="filter-hint">{say('preview.filter.hint')}</small>
    </form>
  )
}
