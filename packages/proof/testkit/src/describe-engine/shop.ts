/** Lines of a shop, of which a seventh is refused where the amount is asked to be a number and they are to be broken. */
export function lines(from: number, to: number, broken: boolean): string {
  return Array.from({ length: to - from }, (_, index) => {
    const id = from + index
    const amount = broken && id % 7 === 0 ? 'free' : `${(id * 37) % 100}.25`
    return `${id},c${(id * 13) % 11},2025-0${1 + (id % 9)}-11,${amount}\n`
  }).join('')
}

export const header = 'id,customer,day,amount\n'

const bands = (...cuts: number[]): object => ({
  bands: cuts,
  points: cuts.map((_, index) => index).concat(9),
})

/** Stages over such lines: a view of files, a step that refuses rows, one that leaves rows out, and one that groups by a key. */
export const shop = {
  raw: { uses: 'collect/csv', with: { path: 'data/*.csv', all_text: true } },
  kept: {
    uses: 'clean/contract',
    from: 'raw',
    with: {
      columns: {
        id: { type: 'integer', required: true },
        customer: { type: 'text' },
        day: { type: 'date' },
        amount: { type: 'decimal(12,2)', min: 0 },
      },
    },
  },
  some: {
    uses: 'enrich/derive',
    from: 'kept',
    with: { columns: { half: 'amount / 2' }, where: 'id % 3 > 0' },
  },
  customers: {
    uses: 'score/rfm',
    from: 'kept',
    with: {
      customer: 'customer',
      at: 'day',
      amount: 'amount',
      transaction: 'id',
      recency: bands(100, 200),
      frequency: bands(2, 8),
      monetary: bands(50, 400),
    },
  },
} as const
