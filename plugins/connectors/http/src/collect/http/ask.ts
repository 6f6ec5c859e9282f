import { type HttpClient, notJson, parseExactly, parsePath, sourceFailed, valueAt } from '@sillage/sdk'
import type { HttpOptions } from './options.ts'
import type { Answer } from './position.ts'

/** What a server may say of a page by number or offset that does not exist. */
const noSuchPage: readonly number[] = [404, 410, 416]

/**
 * One page. Behind the last one there may be no page: that is one without records where `mayEnd` says so. Throws what the client throws, and
 * `api_answer`.
 */
export async function ask(
  url: URL,
  {
    client,
    config,
    mayEnd,
  }: { readonly client: HttpClient; readonly config: HttpOptions; readonly mayEnd: boolean },
): Promise<Answer> {
  const answer = await client.send({ url, accepts: mayEnd ? noSuchPage : [] })
  const { headers, status } = answer
  const page = { url: answer.url, headers }
  if (status === 204 || noSuchPage.includes(status)) return { ...page, body: null, records: [] }
  const shown = url.origin + url.pathname
  const body = parsed(answer.text, shown)
  const where = config.records ?? '$'
  const records = valueAt(body, parsePath(where)!)
  if (records === null && body !== null) return { ...page, body, records: [] }
  if (!Array.isArray(records))
    throw sourceFailed({
      code: 'api_answer',
      message: `${shown} answered without a list of records at ${where}`,
      hint: 'records: the path of the list in the answer, such as $.data',
    })
  return { ...page, body, records }
}

function parsed(text: string, shown: string): unknown {
  try {
    return parseExactly(text)
  } catch {
    throw notJson(shown)
  }
}
