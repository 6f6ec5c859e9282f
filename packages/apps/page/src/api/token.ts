const key = 'sillage.token'
const listeners = new Set<() => void>()

/** The token that was typed; it stays in this tab and goes with it. */
export function token(): string | undefined {
  return sessionStorage.getItem(key) ?? undefined
}

export function setToken(text: string | undefined): void {
  if (text === undefined) sessionStorage.removeItem(key)
  else sessionStorage.setItem(key, text)
  for (const listener of listeners) listener()
}

/** Calls back when the token changes; gives what ends that. */
export function onToken(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

const refusals = new Set<() => void>()

/** To be told where the server does not take the token, which it may have taken before. */
export function tokenRefused(): void {
  for (const listener of refusals) listener()
}

export function onRefusedToken(listener: () => void): () => void {
  refusals.add(listener)
  return () => refusals.delete(listener)
}
