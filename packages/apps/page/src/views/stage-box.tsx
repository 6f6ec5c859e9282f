import { useEffect, useRef } from 'preact/hooks'
import type { PlanNode } from '../api/documents.ts'
import { Facts } from '../parts/facts.tsx'
import { useSpeech, type Word } from '../words/language.tsx'

/** What a stage is: its plugin, what the next run would do with it and why, its columns. */
export function StageBox({ node, onClose }: { readonly node: PlanNode; readonly onClose: () => void }) {
  const { say } = useSpeech()
  const { id, table, plugin, action, reason = '', columns = [], description } = node
  const title = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    const before = document.activeElement
    title.current?.focus()
    title.current?.scrollIntoView({ block: 'nearest' })
    return () => {
      if (before instanceof HTMLElement) before.focus({ preventScroll: true })
    }
  }, [])
  return (
    <section class="card stage-box" aria-label={say('stagebox.title', { stage: table ?? id })}>
      <div class="card-head">
        <h3 ref={title} tabIndex={-1}>
          {say('stagebox.title', { stage: table ?? id })}
        </h3>
        <button type="button" onClick={onClose}>
          {say('stagebox.close')}
        </button>
      </div>
      {description && <p>{description}</p>}
      <Facts
        facts={[
          plugin !== undefined && [say('steps.plugin'), <code key="plugin">{plugin}</code>],
          action !== undefined && [
            say('stagebox.next'),
            say(`stagebox.action.${action}` as Word, { reason }),
          ],
          columns.length > 0 && [
            say('stagebox.columns'),
            <ul key="columns" class="columns">
              {columns.map(({ name, type, personal }) => (
                <li key={name}>
                  <code>{name}</code> <small>{type}</small>
                  {personal && <small class="mark">{say('tables.personal')}</small>}
                </li>
              ))}
            </ul>,
          ],
        ]}
      />
    </section>
  )
}
