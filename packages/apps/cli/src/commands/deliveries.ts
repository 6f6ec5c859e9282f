import { invalidInput } from '@sillage/base'
import type { Command } from 'commander'
import colors from 'picocolors'
import { loadEngine } from '../engine.ts'
import { print, printJson } from '../output.ts'
import { count } from '../terminal/format.ts'
import { table } from '../terminal/table.ts'
import { openPipeline } from '../workspace.ts'
import { type CommonOptions, wholeNumber } from './options.ts'

interface DeliveriesOptions extends CommonOptions {
  readonly stage?: string
  readonly last: number
}

export function registerDeliveries(program: Command): void {
  program
    .command('deliveries')
    .description('list what was delivered where and when, and the state of each receiver')
    .argument('[pipeline]', 'a file, a folder or a name')
    .option('--stage <stage>', 'only this one')
    .option('--last <n>', 'only the last ones', wholeNumber, 50)
    .addHelpText(
      'after',
      '\nExamples:\n  sillage deliveries retail-loyalty\n  sillage deliveries retail-loyalty --stage crm --output json\n\nIt reads only the state: it works without a mart, and during a run.',
    )
    .action(async (argument: string | undefined, options: DeliveriesOptions) => {
      const { pipeline, diagnostics } = await openPipeline(argument, {})
      if (!pipeline) throw invalidInput(diagnostics)
      const { listDeliveries } = await import('@sillage/upkeep')
      const listed = await listDeliveries({
        places: pipeline.places,
        pipeline: pipeline.name,
        openDatabase: (await loadEngine()).openDatabase,
      })
      const isAsked = ({ stage }: { readonly stage: string }): boolean =>
        options.stage === undefined || stage === options.stage
      const receivers = listed.receivers.filter(isAsked)
      const deliveries = listed.deliveries.filter(isAsked).slice(-options.last)
      if (options.output === 'json') return printJson({ pipeline: pipeline.name, receivers, deliveries })
      if (deliveries.length + receivers.length === 0)
        return print(
          `${pipeline.name} delivered nothing yet\n${colors.cyan('→')} sillage run ${pipeline.name}`,
        )
      print(deliveredTable(deliveries))
      if (receivers.length > 0) print(`\n${receiversTable(receivers)}`)
    })
}

type Listed = Awaited<ReturnType<typeof import('@sillage/upkeep').listDeliveries>>

function deliveredTable(deliveries: Listed['deliveries']): string {
  return table(
    [
      { title: 'when' },
      { title: 'stage' },
      { title: 'destination' },
      { title: 'status' },
      { title: 'messages', right: true },
      { title: 'rows', right: true },
      { title: 'removed', right: true },
      { title: 'refused', right: true },
      { title: 'run' },
    ],
    deliveries.map((one) => [
      one.at?.slice(0, 19).replace('T', ' ') ?? '',
      one.stage,
      one.destination,
      one.status === 'sent' ? colors.green(one.status) : colors.red(one.status),
      count(one.messages),
      count(one.rows),
      count(one.removed),
      count(one.refused),
      one.run,
    ]),
  )
}

function receiversTable(receivers: Listed['receivers']): string {
  return table(
    [
      { title: 'receiver' },
      { title: 'destination' },
      { title: 'mode' },
      { title: 'key' },
      { title: 'accepted', right: true },
      { title: 'refused', right: true },
      { title: 'unknown', right: true },
      { title: 'waiting', right: true },
    ],
    receivers.map(({ stage, destination, mode, key, accepted, refused, unknown, waiting }) => [
      stage,
      destination,
      mode,
      key.join(', ') || 'the whole row',
      count(accepted),
      count(refused),
      count(unknown),
      waiting.messages === 0 ? '0' : `${count(waiting.rows)} in ${count(waiting.messages)} messages`,
    ]),
  )
}
