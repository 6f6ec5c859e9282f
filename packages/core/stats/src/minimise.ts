/** A function with its gradient at a point. */
export interface Evaluation {
  readonly value: number
  readonly gradient: Float64Array
}

export interface Minimum {
  readonly point: Float64Array
  readonly value: number
  /** Largest component of the gradient there. */
  readonly slope: number
  readonly iterations: number
  /** True where `slope` came under the tolerance, or where no step along the descent lowers the value any more in double precision. */
  readonly converged: boolean
}

export interface MinimiseOptions {
  readonly evaluate: (point: Float64Array) => Evaluation
  readonly start: readonly number[]
  /** Largest gradient component at which the search stops; 1e-7 unless said. */
  readonly tolerance?: number
  readonly mostIterations?: number
  /** Longest move of one coordinate in one step; 1 unless said (a factor of e where coordinates are logarithms). */
  readonly longestStep?: number
}

const enough = 1e-4
const flat = 1e-5

/**
 * A local minimum of a smooth function, by BFGS with a backtracking line search (Nocedal & Wright 2006, algorithm 6.1 and
 * 3.1). Points where the function is not finite count as too far. Starts where the function must be finite.
 */
export function minimise({
  evaluate,
  start,
  tolerance = 1e-7,
  mostIterations = 500,
  longestStep = 1,
}: MinimiseOptions): Minimum {
  let point: Float64Array = Float64Array.from(start)
  let here = evaluate(point)
  if (!Number.isFinite(here.value)) throw new RangeError('the function has no finite value at the start')
  let inverse = identity(point.length)
  for (let iteration = 0; ; iteration += 1) {
    const slope = largest(here.gradient)
    if (slope <= tolerance || iteration === mostIterations)
      return { point, value: here.value, slope, iterations: iteration, converged: slope <= tolerance }
    const direction = descent(inverse, here.gradient, longestStep)
    const next = lineSearch(evaluate, point, here, direction)
    if (next === undefined) {
      if (isIdentity(inverse))
        return { point, value: here.value, slope, iterations: iteration, converged: slope <= flat }
      inverse = identity(point.length)
      continue
    }
    inverse = updated(inverse, minus(next.point, point), minus(next.there.gradient, here.gradient))
    point = next.point
    here = next.there
  }
}

/** The quasi-Newton direction, steepest descent where that does not lead down, cut to the longest step. */
function descent(
  inverse: readonly Float64Array[],
  gradient: Float64Array,
  longestStep: number,
): Float64Array {
  const newton = Float64Array.from(inverse, (row) => -dot(row, gradient))
  const direction = dot(newton, gradient) < 0 ? newton : gradient.map((value) => -value)
  const length = largest(direction)
  return length > longestStep ? direction.map((value) => (value * longestStep) / length) : direction
}

function lineSearch(
  evaluate: MinimiseOptions['evaluate'],
  point: Float64Array,
  here: Evaluation,
  direction: Float64Array,
): { readonly point: Float64Array; readonly there: Evaluation } | undefined {
  const promised = dot(direction, here.gradient)
  for (let step = 1; step > 1e-12; step /= 2) {
    const next = point.map((value, index) => value + step * direction[index]!)
    const there = evaluate(next)
    if (there.value < here.value && there.value <= here.value + enough * step * promised)
      return { point: next, there }
  }
  return undefined
}

/** H ← (I − ρ s yᵀ) H (I − ρ y sᵀ) + ρ s sᵀ; unchanged where the curvature along the step is not positive. */
function updated(inverse: Float64Array[], step: Float64Array, change: Float64Array): Float64Array[] {
  const curvature = dot(step, change)
  if (!(curvature > 1e-14 * Math.sqrt(dot(step, step) * dot(change, change)))) return inverse
  const rho = 1 / curvature
  const turned = Float64Array.from(inverse, (row) => dot(row, change))
  const scale = rho * (1 + rho * dot(change, turned))
  return inverse.map((row, i) =>
    row.map(
      (value, j) =>
        value - rho * (turned[i]! * step[j]! + step[i]! * turned[j]!) + scale * step[i]! * step[j]!,
    ),
  )
}

function identity(size: number): Float64Array[] {
  return Array.from({ length: size }, (_, i) =>
    Float64Array.from({ length: size }, (__, j) => (i === j ? 1 : 0)),
  )
}

function isIdentity(matrix: readonly Float64Array[]): boolean {
  return matrix.every((row, i) => row.every((value, j) => value === (i === j ? 1 : 0)))
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0)
}

function minus(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, index) => value - b[index]!)
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
}
