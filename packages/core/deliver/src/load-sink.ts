import type { SinkStep } from '@sillage/plan'
import type { SinkPlugin } from '@sillage/sdk'

/** The code of a sink: it runs in the main thread, since it waits for others rather than computing. */
export async function loadSink(step: SinkStep): Promise<SinkPlugin> {
  const { default: plugin } = (await import(step.module)) as { default: SinkPlugin }
  return plugin
}
