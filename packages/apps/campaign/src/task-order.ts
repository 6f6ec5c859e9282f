import type { Campaign } from './campaign.ts'

/** Ids so that each task follows those that it waits for, and the circles that stand in the way. Unknown ids are passed over. */
export function taskOrder(tasks: Campaign['tasks']): {
  readonly order: readonly string[]
  readonly cycles: readonly (readonly string[])[]
} {
  const order: string[] = []
  const cycles: string[][] = []
  const state = new Map<string, 'open' | 'done'>()
  const visit = (id: string, trail: readonly string[]): void => {
    if (state.get(id) === 'done' || !Object.hasOwn(tasks, id)) return
    if (state.get(id) === 'open') {
      cycles.push([...trail.slice(trail.indexOf(id)), id].reverse())
      return
    }
    state.set(id, 'open')
    for (const before of tasks[id]!.after ?? []) visit(before, [...trail, id])
    state.set(id, 'done')
    order.push(id)
  }
  for (const id of Object.keys(tasks)) visit(id, [])
  return { order, cycles }
}
