import { type CheckFacts, isNumeric, isTemporal, type Problem } from '@sillage/sdk'
import { checkBands } from '../points/bands.ts'
import { type Measure, measures, type RfmOptions } from './options.ts'

/** What is wrong with the columns and the points, whatever the data. */
export function checkRfm({ config, columns }: CheckFacts<RfmOptions>): readonly Problem[] {
  const typed = (name: string) => columns.find((column) => column.name === name)
  const at = typed(config.at)
  const amount = typed(config.amount)
  return [
    ...(at && !isTemporal(at.type)
      ? [
          {
            path: ['at'],
            code: 'not_a_time',
            message: `"${at.name}" is ${at.type}, not a date or a timestamp`,
            hint: 'give it the type date with clean/contract',
          },
        ]
      : []),
    ...(amount && !isNumeric(amount.type)
      ? [
          {
            path: ['amount'],
            code: 'not_numeric',
            message: `"${amount.name}" is ${amount.type}, not a number`,
            hint: 'give it a numeric type with clean/contract',
          },
        ]
      : []),
    ...measures.flatMap((measure) => checkMeasure(config, measure)),
  ]
}

function checkMeasure(config: RfmOptions, measure: Measure): readonly Problem[] {
  const { bands, points } = config[measure] ?? {}
  if (config.quintiles) {
    if (bands === undefined && points === undefined) return []
    return [
      {
        path: [measure],
        code: 'bands_and_quintiles',
        message: `${measure} has bands, but its points come from quintiles`,
        hint: 'take one of the two out',
      },
    ]
  }
  if (bands && points) return checkBands({ bands, points }, [measure])
  return [
    {
      path: config[measure] ? [measure] : [],
      code: 'no_points',
      message: `${measure} has no ${bands ? 'points' : 'bands'}`,
      hint: `write ${measure}: { bands: [a, b], points: [x, y, z] }, or quintiles: true`,
    },
  ]
}
