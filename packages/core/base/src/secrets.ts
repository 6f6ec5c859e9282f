/** A configuration with `${secret:x}` replaced, for the moment in which a plugin runs. */
export function withSecrets(config: unknown, secret: (name: string) => string): unknown {
  if (typeof config === 'string')
    return config.replaceAll(/\$\{secret:([^}]*)\}/g, (_, name: string) => secret(name))
  if (Array.isArray(config)) return config.map((item) => withSecrets(item, secret))
  if (config !== null && typeof config === 'object')
    return Object.fromEntries(Object.entries(config).map(([key, item]) => [key, withSecrets(item, secret)]))
  return config
}

/** The secrets that a configuration names, longest first. */
export function secretValues(config: unknown, secret: (name: string) => string): readonly string[] {
  const names = [...JSON.stringify(config).matchAll(/\$\{secret:([^}"]*)\}/g)].map(([, name]) => name!)
  const values = [...new Set(names)].map(secret).filter((value) => value !== '')
  return values.sort((a, b) => b.length - a.length)
}

/** A way to take the secrets out of what a plugin says: a destination or a message may hold one. */
export function withoutSecrets(config: unknown, secret: (name: string) => string): (text: string) => string {
  const forms = secretValues(config, secret).flatMap((value) => [
    value,
    encodeURIComponent(value),
    encodeURI(value),
  ])
  const longestFirst = [...new Set(forms)].sort((a, b) => b.length - a.length)
  return (text) => longestFirst.reduce((safe, form) => safe.replaceAll(form, '…'), text)
}
