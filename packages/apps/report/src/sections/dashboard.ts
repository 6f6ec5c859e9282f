import { meaningOf } from '../mart/open-mart.ts'
import type { Block } from '../report.ts'
import type { MakeSection, SectionFacts } from '../section-facts.ts'
import { byActivity } from './by-activity.ts'
import { actionReturns } from './dashboard/action-returns.ts'
import { eventsByMonth } from './dashboard/events-by-month.ts'
import { interest } from './dashboard/interest.ts'
import { productSegments } from './dashboard/product-segments.ts'
import { rates } from './dashboard/rates.ts'
import { salesByActivity } from './dashboard/sales-by-activity.ts'
import { salesByMonth } from './dashboard/sales-by-month.ts'
import { salesByOffer, salesByProduct } from './dashboard/sales-by-product.ts'
import { traits } from './dashboard/traits.ts'

/** Month by month what was sold, and what happened on each side; who they are, what is proposed, and at the end what each activity bought. */
export const dashboard: MakeSection = async (facts) => [
  ...(await salesByMonth(facts)),
  ...(await eventsByMonth(facts)),
  ...(await rates(facts)),
  ...(await actionReturns(facts)),
  ...(await traits(facts)),
  ...(await interest(facts)),
  ...(await offers(facts)),
  ...(await salesByProduct(facts)),
  ...(await productSegments(facts)),
  ...(await salesByOffer(facts)),
  ...(await salesByActivity(facts)),
]

/** What is proposed to customers, such as a size, by activity. */
async function offers(facts: SectionFacts): Promise<readonly Block[]> {
  const { main, words, labels } = facts
  const offer = meaningOf(main, 'offer')
  if (!main || !offer) return []
  return await byActivity(facts, {
    main,
    column: offer,
    caption: words.dashboard.offers(labels.column(offer.name)),
  })
}
