import type { Project, Section } from '@sillage/pipeline'
import type { InboxText } from './form-text.ts'

/** The forms of a project. Their shape is looked at where there are some. */
const inbox = {
  key: 'inbox',
  project: {
    shape: { type: 'object', description: 'Forms that sillage serve takes at /collect.' },
    check: async (text, { locate }) => (await import('./check-inbox.ts')).checkInbox(text, locate),
  },
} satisfies Section

/** The keys of `sillage.yaml` that this package owns. */
export const inboxSections: readonly Section[] = [inbox]

/** What `sillage serve` takes at `/collect`; undefined where a project says nothing of it. */
export function inboxOf({ sections }: Project): InboxText | undefined {
  return sections[inbox.key] as InboxText | undefined
}
