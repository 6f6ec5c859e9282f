/** True of names and addresses that only this machine reaches. */
export function isLocal(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i.test(host)
}
