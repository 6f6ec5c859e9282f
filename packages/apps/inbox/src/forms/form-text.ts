/** What a field of a form may hold. */
export interface FormField {
  readonly type: 'text' | 'integer' | 'number' | 'boolean' | 'list'
  /** What people call it. */
  readonly label?: string
  readonly required?: boolean
  /** Characters of a text, items of a list, else the value. */
  readonly min?: number
  readonly max?: number
  readonly format?: 'email' | 'url' | 'date' | 'date-time' | 'uuid'
  readonly one_of?: readonly (string | number)[]
  /** A regular expression (RE2) that all of a text must match. */
  readonly pattern?: string
}

/** A form as sillage.yaml has it. */
export interface FormText {
  readonly fields: Readonly<Record<string, FormField>>
  readonly unknown?: 'keep' | 'refuse'
  readonly honeypot?: string
  readonly origins?: readonly string[]
  readonly rate?: number
  /** `${secret:name}`. */
  readonly hmac?: string
  readonly redirect?: string
  readonly events?: number
  /** A duration. */
  readonly remove_after?: string
  readonly keep?: readonly ('ip' | 'user_agent' | 'referer')[]
}

/** What `sillage serve` takes at `/collect`. */
export interface InboxText {
  readonly forms: Readonly<Record<string, FormText>>
  /** Addresses of proxies that are believed when they say whose request it is. */
  readonly proxies?: readonly string[]
}
