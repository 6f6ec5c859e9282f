import { type Schema, t } from './config.ts'
import type { PluginName } from './plugin/common.ts'

/** Which rows of a sink are due. */
export const deliveryModes = ['append', 'upsert', 'mirror', 'full'] as const
export type DeliveryMode = (typeof deliveryModes)[number]

/** What the engine itself reads in the configuration of a sink. */
export interface DeliveryOptions {
  readonly key?: readonly string[]
  readonly mode?: DeliveryMode
  readonly max_removed?: number
}

const options = {
  key: t.optional(
    t.columns({
      description:
        'The columns that identify a row to the receiver. Default: the key of the mart with the same `from`, if all its columns are sent; otherwise the whole row.',
      examples: [['id']],
    }),
  ),
  mode: t.optional(
    t.oneOf(deliveryModes, {
      description:
        'Which rows are due. append: a key is accepted only once. upsert (default for messages): rows that differ from what the receiver last accepted for this key. mirror: as upsert, and keys that are gone are sent as removals. full (default for files): all rows.',
    }),
  ),
  max_removed: t.optional(
    t.number({
      description:
        'With mode mirror: the greatest share of the accepted rows that one run may remove, from 100 accepted rows on; above it nothing is sent.',
      minimum: 0,
      maximum: 1,
      default: 0.2,
    }),
  ),
}

/** The schema of a sink with the options of the engine. Throws where the sink has an option of such a name. */
export function withDeliveryOptions<C>({
  name,
  config,
}: {
  readonly name: PluginName
  readonly config: Schema<C>
}): Schema<C> {
  const taken = Object.keys(options).filter((key) => key in (config.properties ?? {}))
  if (taken.length > 0)
    throw new TypeError(
      `${name} declares the option "${taken[0]}": the engine adds it to every sink; give yours another name`,
    )
  return { ...config, properties: { ...config.properties, ...options } } as Schema<C>
}
