/** Shapes beyond these are not told apart by any data: the mixture is a point, or two, in all but name. */
const [smallestShape, largestShape] = [1e-5, 10_000]

/**
 * A shape parameter in (0.00001, 10,000) for any real number u: about eᵘ. Where the data show no difference between customers, the
 * likelihood rises for ever with the shape; here it becomes flat instead, and the search ends.
 */
export function shapeAt(u: number): number {
  const value = Math.exp(u)
  return smallestShape + (Number.isFinite(value) ? value / (1 + value / largestShape) : largestShape)
}

/** The derivative of `shapeAt`, from its value. */
export function shapeSlope(shape: number): number {
  const above = shape - smallestShape
  return above * (1 - above / largestShape)
}

/** A shape so near to a bound has not settled by what the data say. */
const nearSmallest = 10 * smallestShape
const nearLargest = largestShape / 2

/** The names of the shapes that lie on a bound, of those that are asked for. */
export function shapesOnBound<P>(parameters: P, shapes: readonly (keyof P & string)[]): readonly string[] {
  return shapes.filter((name) => {
    const shape = Number(parameters[name])
    return shape <= nearSmallest || shape >= nearLargest
  })
}
