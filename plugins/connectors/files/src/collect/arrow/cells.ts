import { type Sql, sql } from '@sillage/sdk'
import { type Data, DataType, type Field } from 'apache-arrow'
import { type Kind, plainKind } from './kinds.ts'

/** How a column travels through text without losing anything. */
export interface TextColumn {
  readonly name: string
  /** Text of each row of a batch; undefined is null. */
  readonly cells: (data: Data) => (row: number) => string | undefined
  /** The text as the type that it had. */
  readonly value: Sql
}

/** A column whose values DuckDB has no type for: of its own, or within its lists and structs. */
export interface Unreadable {
  readonly name: string
  readonly type: string
}

/** The column under a name, or what of it cannot be read. Lists, structs and maps become JSON text, dictionaries their values. */
export function textColumn({ type }: Field, name: string): TextColumn | Unreadable {
  const unread: Unreadable[] = []
  const kind = kindOf(type, name, unread)
  if (unread.length > 0) return unread[0]!
  const column = sql.id(name)
  return { name, cells: (data) => nullable(data, kind.text), value: kind.cast?.(column) ?? column }
}

function nullable(data: Data, write: Kind['text']): (row: number) => string | undefined {
  if (DataType.isNull(data.type)) return () => undefined
  const at = write(data)
  return (row) => (data.getValid(row) ? at(row) : undefined)
}

function kindOf(type: DataType, name: string, unread: Unreadable[]): Kind {
  const within = (field: Field, inner: string): Kind => kindOf(field.type, `${name}${inner}`, unread)
  if (DataType.isDictionary(type)) return dictionary(kindOf(type.dictionary as DataType, name, unread))
  if (DataType.isList(type) || DataType.isLargeList(type)) {
    const item = within(type.children[0] as Field, '[]')
    return asJson((data) => {
      const offsets = data.valueOffsets as ArrayLike<number | bigint>
      const at = jsonOf(data.children[0]!, item)
      return (row) => list(Number(offsets[row]), Number(offsets[row + 1]), at)
    })
  }
  if (DataType.isFixedSizeList(type)) {
    const { listSize } = type
    const item = within(type.children[0] as Field, '[]')
    return asJson((data) => {
      const at = jsonOf(data.children[0]!, item)
      return (row) => list(row * listSize, (row + 1) * listSize, at)
    })
  }
  if (DataType.isStruct(type)) {
    const fields = type.children.map((field) => ({
      key: JSON.stringify(field.name),
      kind: within(field, `.${field.name}`),
    }))
    return asJson((data) => {
      const values = fields.map(({ kind }, index) => jsonOf(data.children[index]!, kind))
      return (row) => `{${fields.map(({ key }, index) => `${key}:${values[index]!(row)}`).join(',')}}`
    })
  }
  if (DataType.isMap(type)) {
    const [key, value] = type.children[0]!.type.children as unknown as [Field, Field]
    const kinds = [within(key, '.key'), within(value, '.value')] as const
    return asJson((data) => map(data, kinds))
  }
  const plain = plainKind(type)
  if (plain) return plain
  unread.push({ name, type: String(type) })
  return asJson(() => () => '')
}

function asJson(json: Kind['json']): Kind {
  return { text: json, json }
}

function jsonOf(data: Data, kind: Kind): (row: number) => string {
  const at = nullable(data, kind.json)
  return (row) => at(row) ?? 'null'
}

function list(from: number, to: number, at: (row: number) => string): string {
  const items: string[] = []
  for (let row = from; row < to; row += 1) items.push(at(row))
  return `[${items.join(',')}]`
}

/** Keys of an object are texts, whatever the keys of the map are. */
function map(data: Data, [key, value]: readonly [Kind, Kind]): (row: number) => string {
  const offsets = data.valueOffsets as Int32Array
  const [keys, values] = data.children[0]!.children as [Data, Data]
  const keyAt = key.json(keys)
  const valueAt = jsonOf(values, value)
  return (row) => {
    const items: string[] = []
    for (let at = offsets[row]!; at < offsets[row + 1]!; at += 1) {
      const name = keyAt(at)
      items.push(`${name.startsWith('"') ? name : JSON.stringify(name)}:${valueAt(at)}`)
    }
    return `{${items.join(',')}}`
  }
}

/** A value is looked up by its index, in the part of the dictionary that holds it; it may be null there. */
function dictionary(kind: Kind): Kind {
  const lookUp =
    (write: Kind['text'], absent: string) =>
    (data: Data): ((row: number) => string) => {
      const parts = (data.dictionary?.data ?? []).map((part) => ({
        length: part.length,
        at: nullable(part, write),
      }))
      const indexes = data.values as ArrayLike<number | bigint>
      return (row) => {
        let index = Number(indexes[row])
        for (const { length, at } of parts) {
          if (index < length) return at(index) ?? absent
          index -= length
        }
        throw new Error('an index beyond its dictionary')
      }
    }
  return { ...kind, text: lookUp(kind.text, nullText), json: lookUp(kind.json, 'null') }
}

/** What a null in a dictionary is written as: a cell that no text can be. */
export const nullText = '\u0000null'
