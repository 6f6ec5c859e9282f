import { didYouMean, exitCode, SillageError } from '@sillage/base'
import type { Plan, Step } from '@sillage/plan'

/**
 * The steps that run: all, or those that a selection names, with what they read. A selection is a list of words of which each adds to the
 * whole: `name`, `+name` (with what it reads), `name+` (with those who read it), `2+name+1` (so many steps far), `stage:clean`, `tag:daily`,
 * `*`; words joined by commas pick what all of them name. Throws `stage_unknown`, `select_invalid`.
 */
export function selectSteps(
  plan: Pick<Plan, 'steps'>,
  select: readonly string[] | undefined,
): readonly Step[] {
  if (select === undefined) return plan.steps
  const graph = graphOf(plan)
  const picked = new Set(select.flatMap((word) => [...intersection(word, graph)]))
  // What a step reads is looked at with it: it is reused where nothing changed.
  const wanted = new Set(
    [...picked].flatMap((name) => [...reach(name, graph.reads, Number.POSITIVE_INFINITY)]),
  )
  return plan.steps.filter((step) => wanted.has(step.stage))
}

interface Graph {
  readonly steps: ReadonlyMap<string, Step>
  readonly reads: ReadonlyMap<string, readonly string[]>
  readonly readers: ReadonlyMap<string, readonly string[]>
}

function graphOf({ steps }: Pick<Plan, 'steps'>): Graph {
  const inputs = (step: Pick<Step, 'inputs'>): readonly string[] =>
    Object.values(step.inputs)
      .flat()
      .map((reference) => reference.split('.')[0]!)
  return {
    steps: new Map(steps.map((step) => [step.stage, step])),
    reads: new Map(steps.map((step) => [step.stage, inputs(step)])),
    readers: new Map(
      steps.map(({ stage }) => [
        stage,
        steps.filter((other) => inputs(other).includes(stage)).map((other) => other.stage),
      ]),
    ),
  }
}

function intersection(word: string, graph: Graph): ReadonlySet<string> {
  const [first = new Set<string>(), ...others] = word.split(',').map((part) => pick(part, graph))
  return new Set([...first].filter((name) => others.every((other) => other.has(name))))
}

const grammar = /^(?:(?<up>\d*)\+)?(?<method>[^+]+?)(?:\+(?<down>\d*))?$/

function pick(text: string, graph: Graph): ReadonlySet<string> {
  const { up, method, down } = grammar.exec(text)?.groups ?? {}
  if (method === undefined)
    throw new SillageError({
      code: 'select_invalid',
      message: `--select does not understand ${JSON.stringify(text)}`,
      hint: 'write name, +name, name+, stage:clean or tag:daily',
      exit: exitCode.usage,
    })
  return new Set(
    named(method, graph).flatMap((name) => [
      name,
      ...(up === undefined ? [] : reach(name, graph.reads, far(up))),
      ...(down === undefined ? [] : reach(name, graph.readers, far(down))),
    ]),
  )
}

function far(text: string): number {
  return text === '' ? Number.POSITIVE_INFINITY : Number(text)
}

function named(method: string, { steps }: Graph): readonly string[] {
  if (method === '*') return [...steps.keys()]
  const [, kind, value] = /^(stage|tag):(.+)$/.exec(method) ?? []
  if (kind === undefined || value === undefined) {
    if (steps.has(method)) return [method]
    throw new SillageError({
      code: 'stage_unknown',
      message: `The pipeline has no stage "${method}"`,
      hint: didYouMean(method, steps.keys()) ?? 'sillage plan lists the stages',
      exit: exitCode.usage,
    })
  }
  const all = [...steps.values()]
  const found = all.filter((step) => (kind === 'tag' ? step.tags.includes(value) : step.kind === value))
  if (found.length > 0) return found.map((step) => step.stage)
  const known = new Set(all.flatMap((step) => (kind === 'tag' ? step.tags : [step.kind])))
  throw new SillageError({
    code: 'stage_unknown',
    message: kind === 'tag' ? `No stage has the tag "${value}"` : `No stage is of the kind "${value}"`,
    hint:
      didYouMean(value, known) ??
      (known.size > 0 ? `there is ${[...known].join(', ')}` : 'give a stage `tags: [...]`'),
    exit: exitCode.usage,
  })
}

/** A stage and those that edges lead to, at most so many edges far. */
function reach(
  from: string,
  edges: ReadonlyMap<string, readonly string[]>,
  steps: number,
): ReadonlySet<string> {
  const found = new Set([from])
  let ring = [from]
  for (let step = 0; step < steps && ring.length > 0; step += 1) {
    ring = [...new Set(ring.flatMap((name) => edges.get(name)!))].filter((name) => !found.has(name))
    for (const name of ring) found.add(name)
  }
  return found
}
