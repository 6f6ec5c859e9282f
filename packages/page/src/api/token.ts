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
