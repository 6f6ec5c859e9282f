import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'

/** A disk of so many megabytes at a path, in memory. Undefined where this machine does not allow one: mounting needs root on Linux. */
export function mountDisk(path: string, megabytes: number): SmallDisk | undefined {
  mkdirSync(path, { recursive: true })
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path])
  return mounted.status === 0 ? new SmallDisk(path) : undefined
}

export class SmallDisk implements Disposable {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  /** Such as `size=60m` or `ro`. */
  remount(option: string): void {
    const { status, stderr } = spawnSync('mount', ['-o', `remount,${option}`, this.path])
    if (status !== 0) throw new Error(`remounting failed: ${String(stderr)}`)
  }

  [Symbol.dispose](): void {
    spawnSync('umount', [this.path])
  }
}
