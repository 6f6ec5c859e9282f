const spoken = ['en', 'fr'] as const

/** A language of the pages for visitors. */
export type Language = (typeof spoken)[number]

/** The one of our languages that a visitor likes best (`Accept-Language`); English where none is named. */
export function languageOf(header: string | undefined): Language {
  const wishes = (header ?? '')
    .slice(0, 500)
    .split(',')
    .flatMap((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';')
      const language = spoken.find((one) => tag.trim().split('-')[0] === one)
      const weight = Number(/^q=([01](?:\.\d{1,3})?)$/.exec(parameters.join('').trim())?.[1] ?? 1)
      return language === undefined || weight === 0 ? [] : [{ language, weight }]
    })
  return (
    wishes.reduce<(typeof wishes)[number] | undefined>(
      (best, wish) => (best === undefined || wish.weight > best.weight ? wish : best),
      undefined,
    )?.language ?? 'en'
  )
}
