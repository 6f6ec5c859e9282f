import { ProblemError, problemIn } from './problem.ts'
import { token, tokenRefused } from './token.ts'

/** What the token allows; asked again where another address refuses it. */
export const sessionPath = '/api/v1/session'

interface Asked {
  readonly method?: 'GET' | 'POST'
  readonly body?: object
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
}

/** Asks the server that served the page. Throws `ProblemError` for any answer but a good one. */
export async function ask(
  path: string,
  { method = 'GET', body, headers, signal }: Asked = {},
): Promise<Response> {
  const known = token()
  const answer = await fetch(path, {
    method,
    cache: 'no-store',
    credentials: 'omit',
    headers: {
      ...(known === undefined ? {} : { authorization: `Bearer ${known}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  })
  if (answer.status === 401 && path !== sessionPath) tokenRefused()
  if (!answer.ok) throw new ProblemError(await problemIn(answer))
  return answer
}

/** The document at an address. */
export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await (await ask(path, { signal })).json()) as T
}

export async function post<T>(path: string, body?: object): Promise<T> {
  return (await (await ask(path, { method: 'POST', ...(body ? { body } : {}) })).json()) as T
}

/** Saves what an address answers as a file. */
export async function download(path: string, name: string): Promise<void> {
  const answer = await ask(path)
  const url = URL.createObjectURL(await answer.blob())
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

export function apiOf(pipeline: string, rest = ''): string {
  return `/api/v1/pipelines/${encodeURIComponent(pipeline)}${rest}`
}
