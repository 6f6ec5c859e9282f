import { existsSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { faultPoint, syncPath } from '@sillage/base'

/** Points a symbolic link (relative) at a file, atomically and durably: readers see the old target or the new one. */
export function pointLink({ link, target }: { readonly link: string; readonly target: string }): void {
  const next = `${link}.next-${process.pid}`
  removeBeside(link, /^\.next-\d+$/)
  symlinkSync(relative(dirname(link), target), next)
  faultPoint('link.before_rename')
  renameSync(next, link)
  faultPoint('link.after_rename')
  syncPath(dirname(link))
}

/** Removes what a process that was killed left beside a file: names that begin with the file's and go on as the pattern says. */
export function removeBeside(file: string, ending: RegExp): void {
  const folder = dirname(file)
  const name = basename(file)
  if (!existsSync(folder)) return
  for (const other of readdirSync(folder))
    if (other.startsWith(name) && ending.test(other.slice(name.length)))
      rmSync(join(folder, other), { force: true })
}
