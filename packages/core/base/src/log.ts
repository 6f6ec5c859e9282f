/** The port through which the engine says what it does. Messages carry counts and names, never values of customers. */
export interface Log {
  readonly debug: (message: string, facts?: Readonly<Record<string, unknown>>) => void
  readonly warn: (message: string, facts?: Readonly<Record<string, unknown>>) => void
}

export const silentLog: Log = { debug: () => {}, warn: () => {} }
