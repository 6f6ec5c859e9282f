import type { BudgetFinding, GapCause } from '@sillage/campaign'
import type { Words } from './en.ts'

/** A finding about a budget as a sentence. */
export function findingText(
  finding: BudgetFinding,
  { words: { budget: words }, money }: { readonly words: Words; readonly money: (cents: number) => string },
): { readonly text: string; readonly warns: boolean } {
  switch (finding.kind) {
    case 'stated_agrees': {
      const { name, stated, lines, without } = finding
      return { text: words.agrees({ name, lines, without, stated: money(stated) }), warns: false }
    }
    case 'stated_differs': {
      const { name, stated, sum, gap, cause } = finding
      const text = words.differs({ name, stated: money(stated), sum: money(sum) })
      return { text: `${text} ${gapText({ gap, cause }, { words, money })}`, warns: true }
    }
    case 'totals': {
      const { itemised, stated } = finding
      return {
        text: words.totals({ itemised: money(itemised), stated: money(stated) }),
        warns: itemised !== stated,
      }
    }
    case 'detail_differs': {
      const { name, detail, amount, gap, cause } = finding
      const text = words.detail({ name, detail: money(detail), amount: money(amount) })
      return { text: `${text} ${gapText({ gap, cause }, { words, money })}`, warns: true }
    }
    case 'left': {
      const { envelope, byLines, asStated } = finding
      const text = words.left({
        envelope: money(envelope),
        byLines: money(byLines),
        asStated: asStated === undefined ? undefined : money(asStated),
      })
      return { text, warns: byLines < 0 || (asStated ?? 0) < 0 }
    }
  }
}

function gapText(
  { gap, cause }: { readonly gap: number; readonly cause: GapCause | undefined },
  { words, money }: { readonly words: Words['budget']; readonly money: (cents: number) => string },
): string {
  if (cause === undefined) return words.gap(money(gap))
  return `${words.gapOfNine(money(gap), money(gap / 9))} ${words.causes[cause]}`
}
