import { type Problem, type Sql, sql } from '@sillage/sdk'

/** Half-open bands and their points: `[a, b]` cuts <a, a–<b, ≥b, so that there is one more point than bounds. */
export interface Bands {
  readonly bands: readonly number[]
  readonly points: readonly number[]
}

/** What keeps bands from giving every value exactly one number of points. `path` leads to the object that holds them. */
export function checkBands({ bands, points }: Bands, path: readonly string[]): readonly Problem[] {
  const fallen = bands.findIndex((bound, index) => index > 0 && bound <= bands[index - 1]!)
  const disorder: readonly Problem[] =
    fallen < 0
      ? []
      : [
          {
            path: [...path, 'bands', fallen],
            code: 'bands_out_of_order',
            message: `${bands[fallen]} does not lie above ${bands[fallen - 1]}`,
            hint: 'write the bounds from the lowest to the highest',
          },
        ]
  if (points.length === bands.length + 1) return disorder
  const count = bands.length + 1
  return [
    ...disorder,
    {
      path: [...path, 'points'],
      code: 'points_do_not_fit_bands',
      message: `${bands.length} bounds make ${count} bands, but there are ${points.length} points`,
      hint: `write ${count} points, one a band: ${spoken(bands).join(', ')}`,
    },
  ]
}

/** The points of a value; null where there is no value. */
export function bandPoints(value: Sql, { bands, points }: Bands): Sql {
  const branches = bands.map((bound, index) => sql`when ${value} < ${bound} then ${points[index]!}`)
  return sql`case when ${value} is null then null ${sql.join(branches, ' ')} else ${points.at(-1)!} end`
}

function spoken(bands: readonly number[]): readonly string[] {
  return bands.flatMap((bound, index) => [
    index === 0 ? `<${bound}` : `${bands[index - 1]}–<${bound}`,
    ...(index === bands.length - 1 ? [`≥${bound}`] : []),
  ])
}
