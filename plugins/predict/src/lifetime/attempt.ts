/** A part of a model, or why the data do not carry it. */
export type Attempt<T> =
  | { readonly fit: T }
  | { readonly unfit: { readonly message: string; readonly hint: string } }

/** Takes `data_unfit` for an answer; throws everything else. */
export function attempt<T>(fit: () => T): Attempt<T> {
  try {
    return { fit: fit() }
  } catch (error) {
    const { code, message, hint } = error as { code?: unknown; message: string; hint: string }
    if (code !== 'data_unfit') throw error
    return { unfit: { message, hint } }
  }
}
