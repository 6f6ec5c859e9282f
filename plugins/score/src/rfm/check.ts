import type { CheckFacts, Problem } from '@sillage/sdk'
import { checkBands } from '../points/bands.ts'
import { type Measure, measures, type RfmOptions } from './options.ts'

/** What is wrong with the points, whatever the data. */
export function checkRfm({ config }: CheckFacts<RfmOptions>): readonly Problem[] {
  return measures.flatMap((measure) => checkMeasure(config, measure))
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
        hint: 'remove one of the two',
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
