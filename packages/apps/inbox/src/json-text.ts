const quote = 0x22
const backslash = 0x5c

/** Walks the brackets of JSON text that is known to be whole. `at` is called at each bracket and comma outside texts, with the depth outside of it. */
function walk(text: string, at: (char: string, index: number, depth: number) => void): void {
  let depth = 0
  let inText = false
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (inText) {
      if (code === backslash) index += 1
      else if (code === quote) inText = false
      continue
    }
    switch (code) {
      case quote:
        inText = true
        break
      case 0x5b: // [
      case 0x7b: // {
        at(text[index]!, index, depth)
        depth += 1
        break
      case 0x5d: // ]
      case 0x7d: // }
        depth -= 1
        at(text[index]!, index, depth)
        break
      case 0x2c: // ,
        at(',', index, depth)
    }
  }
}

/** How deep lists and objects are nested: 1 for a flat object. */
export function depthOf(text: string): number {
  let deepest = 0
  walk(text, (_, __, depth) => {
    if (depth >= deepest) deepest = depth + 1
  })
  return deepest
}

/** The texts of the items of a list that is not empty. */
export function itemsOf(list: string): readonly string[] {
  const items: string[] = []
  let start = list.indexOf('[') + 1
  walk(list, (char, index, depth) => {
    const ends = (char === ',' && depth === 1) || (char === ']' && depth === 0)
    if (!ends) return
    items.push(list.slice(start, index).trim())
    start = index + 1
  })
  return items
}

/** The same JSON on one line: line ends can stand between its parts only. */
export function onOneLine(text: string): string {
  return /[\r\n]/.test(text) ? text.replaceAll(/[\r\n]+/g, ' ') : text
}
