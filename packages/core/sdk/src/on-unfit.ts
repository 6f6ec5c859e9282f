import type { JsonSchema, Schema } from './config.ts'

const onUnfit: JsonSchema = {
  enum: ['fail', 'null', null],
  default: null,
  description:
    'What the step does where its data do not carry the model: `null` leaves the columns of which nothing can be said without values and warns; `fail` stops the run, also where the fit is only doubtful.',
}

/** Adds the option that says what a model does with data that it does not fit. If the plugin has an option of that name, it stays. */
export function withOnUnfit<C>(config: Schema<C>): Schema<C> {
  if (config.properties === undefined || 'on_unfit' in config.properties) return config
  return { ...config, properties: { ...config.properties, on_unfit: onUnfit } }
}
