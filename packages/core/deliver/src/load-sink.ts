import type { SinkPlugin } from '@sillage/sdk'
import type { Sending } from './deliver-port.ts'

/** The code of a sink: it runs in the main thread, since it waits for others rather than computing. */
export async function loadSink(step: Pick<Sending, 'module'>): Promise<SinkPlugin> {
  const { default: plugin } = (await import(step.module)) as { default: SinkPlugin }
  return plugin
}
