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
