import { readdirSync, readFileSync } from 'node:fs'

/** Sum of the highest resident sizes of a process and all that it started, in MB (10^6 bytes). The kernel keeps the highest value of each. */
export function treePeakMb(pid: number): number {
  return childrenOf(pid).reduce((sum, child) => sum + treePeakMb(child), peakMb(pid))
}

function peakMb(pid: number): number {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return (Number(kilobytes ?? 0) * 1024) / 1e6
  } catch {
    return 0
  }
}

function childrenOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8')
        .trim()
        .split(/\s+/)
        .filter(Boolean)
        .map(Number),
    )
  } catch {
    return []
  }
}
