const factor: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
  ti: 2 ** 40,
}

/** `1GB`, `512 MiB`, `2000000` to bytes (decimal and binary units as SI and IEC define them); undefined where the text is no size. */
export function parseByteSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]i?)?b?$/i.exec(text.trim())
  if (!match) return undefined
  return Math.floor(Number(match[1]) * factor[(match[2] ?? '').toLowerCase()]!)
}
