import { foreseeSink } from '@sillage/deliver'
import { currentVersion } from '@sillage/ledger'
import type { SinkStep } from '@sillage/plan'
import { deliverPort, reasonNotSent } from './deliver.ts'
import { martTable } from './mart-table.ts'
import type { Preview, PreviewedDelivery } from './options.ts'
import type { Run } from './run.ts'

/** What publishing and sending would do, counted against the published version. Neither publishes nor sends. */
export async function preview(run: Run): Promise<Preview> {
  const { plan, working, files, steps } = run
  const tables = plan.marts.map((mart) => martTable(mart, steps))
  const marts = await working.marts.compare(tables, currentVersion(files.paths.marts, plan.pipeline))
  const deliveries: PreviewedDelivery[] = []
  for (const step of plan.steps) if (step.style === 'sink') deliveries.push(await previewDelivery(step, run))
  return { marts, deliveries }
}

async function previewDelivery(step: SinkStep, run: Run): Promise<PreviewedDelivery> {
  const foreseen = await foreseeSink(step, deliverPort(step, run))
  const { stage, destination, counts, waiting, failure } = foreseen
  const notSent = reasonNotSent(step, run.options)
  return {
    stage,
    destination,
    ...counts,
    waiting,
    destinations: step.files.map((file) => file.path),
    ...(notSent === undefined ? {} : { not_sent: notSent }),
    ...(failure === undefined ? {} : { error: failure }),
  }
}
