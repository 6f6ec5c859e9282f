/** A configuration with `${secret:x}` replaced, for the moment in which a plugin runs. */
export function withSecrets(config: unknown, secret: (name: string) => string): unknown {
  if (typeof config === 'string')
    return config.replaceAll(/\$\{secret:([^}]*)\}/g, (_, name: string) => secret(name))
  if (Array.isArray(config)) return config.map((item) => withSecrets(item, secret))
  if (config !== null && typeof config === 'object')
    return Object.fromEntries(Object.entries(config).map(([key, item]) => [key, withSecrets(item, secret)]))
  return config
}
