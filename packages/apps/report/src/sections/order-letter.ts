import { orderLetterHeadings } from '@sillage/campaign'
import type { MakeSection } from '../section-facts.ts'

/** What was ordered, by its thirteen headings; an empty one is said. */
export const orderLetter: MakeSection = async ({ orderLetter, words }) => {
  if (!orderLetter) return []
  const empty = orderLetterHeadings.filter((heading) => (orderLetter[heading] ?? '').trim() === '')
  return [
    {
      kind: 'table',
      caption: words.letter.caption,
      columns: [
        { title: words.letter.heading, format: 'text' },
        { title: words.letter.answer, format: 'text' },
      ],
      rows: orderLetterHeadings.map((heading) => [
        words.letter.headings[heading],
        (orderLetter[heading] ?? '').trim() || null,
      ]),
    },
    ...(empty.length === 0
      ? []
      : [
          {
            kind: 'findings' as const,
            items: empty.map((heading) => ({
              text: words.letter.empty(words.letter.headings[heading]),
              warns: true,
            })),
          },
        ]),
  ]
}
