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
        'The columns by which the receiver knows a row. Unless said: the key of the mart with the same `from`, if all its columns are sent; else the whole row.',
      examples: [['id']],
    }),
  ),
  mode: t.optional(
    t.oneOf(deliveryModes, {
      description:
        'Which rows are due. append: a key is accepted once for ever. upsert (unless said, for messages): what differs from what the receiver was last told of this key. mirror: and keys that are gone are told as removed. full (unless said, for files): all rows.',
    }),
  ),
  max_removed: t.optional(
    t.number({
      description:
        'With mode mirror: the greatest share of the accepted rows that one run may remove, from 100 accepted rows on; past it nothing is told.',
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
