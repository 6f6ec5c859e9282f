/**
 * The slow and obvious integrals that the closed forms are held against: the trapezoid rule over the logarithm (or the logit)
 * of the variable, whose integrand falls off on both sides, so that the rule converges fast.
 */
export interface Node {
  readonly value: number
  /** 1 − value, without the loss of digits near 1. */
  readonly complement: number
  /** Width × derivative of the substitution. */
  readonly weight: number
}

/** Nodes over (0, ∞). */
export function halfLine({
  from = -80,
  to = 8,
  steps = 1600,
}: {
  readonly from?: number
  readonly to?: number
  readonly steps?: number
} = {}): readonly Node[] {
  const width = (to - from) / steps
  return Array.from({ length: steps + 1 }, (_, index) => {
    const value = Math.exp(from + index * width)
    return { value, complement: 1 - value, weight: width * value }
  })
}

/** Nodes over (0, 1). */
export function unitInterval({
  edge = 45,
  steps = 900,
}: {
  readonly edge?: number
  readonly steps?: number
} = {}): readonly Node[] {
  const width = (2 * edge) / steps
  return Array.from({ length: steps + 1 }, (_, index) => {
    const value = 1 / (1 + Math.exp(edge - index * width))
    const complement = 1 / (1 + Math.exp(index * width - edge))
    return { value, complement, weight: width * value * complement }
  })
}

export function integral(
  nodes: readonly Node[],
  density: (value: number, complement: number) => number,
): number {
  return nodes.reduce((sum, { value, complement, weight }) => sum + weight * density(value, complement), 0)
}

/** Gamma density with a rate, from Γ(shape) given. */
export function gammaDensity(shape: number, rate: number, gammaOfShape: number): (value: number) => number {
  return (value) => (rate ** shape * value ** (shape - 1) * Math.exp(-rate * value)) / gammaOfShape
}
