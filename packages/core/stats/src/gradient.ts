import type { Evaluation } from './minimise.ts'

/** The cube root of the precision of doubles: the step at which a central difference is most exact. */
const step = 6e-6

/** Gives a function its gradient by central differences; for coordinates of the order of 1, such as logarithms. */
export function withGradient(value: (point: Float64Array) => number): (point: Float64Array) => Evaluation {
  return (point) => ({
    value: value(point),
    gradient: point.map(
      (_, index) => (value(moved(point, index, step)) - value(moved(point, index, -step))) / (2 * step),
    ),
  })
}

function moved(point: Float64Array, index: number, by: number): Float64Array {
  const next = point.slice()
  next[index]! += by
  return next
}
