import { type ConnectionRef, type Problem, sourceFailed } from '@sillage/sdk'

/** An address that is whole, or a path below that of the stage's connection. */
export const addressPattern = '^(https?://|/)'

/** The address of a path below another; one that is whole stays as it is. */
export function addressBelow(address: string, url: string): string {
  return url.startsWith('/') ? address.replace(/\/$/, '') + url : url
}

/** Where a stage speaks to, as it and its connection say it. */
export function addressOf(url: string, connection: Readonly<Record<string, unknown>> | undefined): string {
  return connection === undefined ? url : addressBelow(String(connection.address), url)
}

/** A path wants a connection, and a whole address is that of its server: the secrets of a connection go nowhere else. */
export function checkAddress(url: string, connection: ConnectionRef | undefined): readonly Problem[] {
  if (url.startsWith('/'))
    return connection === undefined
      ? [
          {
            path: ['url'],
            code: 'address_relative',
            message: `"${url}" is a path, and the stage has no connection whose address it is below`,
            hint: 'write the whole address, or add connection: <name>',
          },
        ]
      : []
  if (connection === undefined || isOf(url, String(connection.config.address))) return []
  return [
    {
      path: ['url'],
      code: 'address_elsewhere',
      message: `url is of another server than the connection "${connection.name}"`,
      hint: 'write a path below the address of the connection, or take the connection out',
    },
  ]
}

/** The whole address of what a stage asks, with secrets in their places. Throws `address_elsewhere`. */
export function locatedBelow(address: string, url: string): string {
  const whole = addressBelow(address, url)
  if (isOf(whole, address)) return whole
  throw sourceFailed({
    code: 'address_elsewhere',
    message: 'url is of another server than its connection',
    hint: 'write a path below the address of the connection, or take the connection out',
  })
}

/** What holds a secret cannot be compared before it is in its place. */
function isOf(url: string, address: string): boolean {
  if (`${url}${address}`.includes('${secret:')) return true
  return URL.canParse(url) && URL.canParse(address) && new URL(url).origin === new URL(address).origin
}
