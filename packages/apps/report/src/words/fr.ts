import { checkParts } from './check-text.ts'
import type { Words } from './en.ts'

const plural = (count: number, one: string, many: string): string => `${count} ${count < 2 ? one : many}`

const names: readonly string[] = [
  'zéro',
  'un',
  'deux',
  'trois',
  'quatre',
  'cinq',
  'six',
  'sept',
  'huit',
  'neuf',
  'dix',
]

/** What the engine and models check of themselves, by the name of the check. */
const ownChecks: Readonly<Record<string, string>> = {
  'the data carry the model': 'les données suffisent au modèle',
  'not every row is refused': 'toutes les lignes ne sont pas rejetées',
  'the model of buying lies inside its bounds': 'le modèle d’achat est à l’intérieur de ses bornes',
  'customers differ in what they spend': 'les dépenses diffèrent d’un client à l’autre',
  'the amounts carry a model of spending': 'les montants suffisent à un modèle de dépense',
  'the model of spending lies inside its bounds': 'le modèle de dépense est à l’intérieur de ses bornes',
  'customers have a common mean': 'les clients ont une moyenne commune',
  'the model of buying does better than the plain mean on held-out days':
    'sur les jours mis de côté, le modèle d’achat fait mieux qu’une seule moyenne',
}

/** Le rapport en français. */
export const fr: Words = {
  title: (pipeline) => `Rapport\u00a0: ${pipeline}`,
  asOf: 'Au',
  published: 'Publié le',
  run: 'Exécution',
  contents: 'Sommaire',
  sqlOf: 'SQL qui produit ces chiffres',
  figuresOf: 'Les chiffres de ce graphique',
  yes: 'oui',
  chart: {
    notShown: 'non montré',
    gaps: 'Hachures, … et <\u00a0: chiffres qui ne sont pas montrés, car ils concernent trop peu de personnes, ou permettraient de retrouver un tel chiffre.',
  },
  check: (name, column) => {
    const parts = checkParts(name)
    if (!parts) return ownChecks[name] ?? name
    const { kind, about } = parts
    const columns = about.split(', ').map(column).join(', ')
    switch (kind) {
      case 'key_unique':
        return `la clé de la table ${about} est unique`
      case 'key_not_null':
        return `la clé de la table ${about} est toujours présente`
      case 'not_null':
        return `toujours présent\u00a0: ${columns}`
      case 'unique':
        return `sans doublon\u00a0: ${columns}`
      case 'accepted_values':
        return `valeurs admises\u00a0: ${columns}`
      case 'range':
        return `entre ses bornes\u00a0: ${columns}`
      case 'relationships':
        return `référence connue\u00a0: ${about}`
      case 'row_count':
        return `nombre de lignes\u00a0: ${about}`
      case 'rejected':
        return `rejets ${about.replace('rows', 'lignes')}`
      default:
        return name
    }
  },
  treatments: {
    valoriser: 'valoriser',
    choyer: 'choyer',
    recuperer: 'récupérer',
    conquerir: 'conquérir',
    verifier: 'vérifier',
    abandonner: 'abandonner',
  },
  total: 'Total',
  share: 'Part',
  others: '(autres)',
  stage: 'Étape',
  column: 'Colonne',
  people: 'Personnes',
  customers: 'Clients',
  segment: 'Segment',
  treatment: 'Traitement',
  action: 'Action',
  valueOf: (column) => `Total\u00a0: ${column}`,
  smallGroups: (size) =>
    `Les groupes de moins de ${size} personnes sont notés <${size}\u00a0; … remplace un chiffre qui permettrait d’en retrouver un.`,
  colon: (label, text) => `${label}\u00a0: ${text}`,
  sections: {
    summary: 'En un coup d’œil',
    order_letter: 'Lettre de commande',
    target_tree: 'Arbre des cibles',
    coverage: 'La base de données\u00a0: couverture par champ et par origine',
    segments: 'Actions par segment',
    migration: 'Changements de segment',
    rfm: 'Récence, fréquence, montant',
    value: 'La valeur et sa concentration',
    cohorts: 'Qui revient',
    model: 'Qualité des modèles',
    budget: 'Budget',
    plan: 'Planning',
    dashboard: 'Tableau de bord',
    stages: 'Étapes et contrôles',
  },
  headline: {
    people: ({ all, people, segment, share }) =>
      `${all} personnes\u00a0; le plus grand segment est «\u00a0${segment}\u00a0»\u00a0: ${people} personnes, ${share}.`,
    concentration: ({ share, needed, customers, value, isPareto }) =>
      `${needed} clients sur ${customers} (${share}) apportent ${value} de la valeur\u00a0: la règle des 80/20 ${isPareto ? 'se vérifie' : 'ne se vérifie pas'} ici.`,
  },
  rows: {
    received: 'Lignes reçues',
    rejected: 'Rejetées',
    merged: 'Fusionnées',
    filtered: 'Écartées',
    copied: 'Lues deux fois',
    kept: 'Conservées',
    published: 'Publiées (après cumul)',
    gap: 'Écart',
  },
  rejects: {
    caption: 'Lignes rejetées par motif',
    code: 'Code',
    message: 'Motif',
    none: 'Aucune ligne n’a été rejetée.',
    reasons: {
      no_name: 'pas de nom',
      no_contact_point: 'ni adresse électronique valable, ni téléphone valable',
      missing: 'pas de valeur',
      below_min: 'plus petit que le minimum',
      above_max: 'plus grand que le maximum',
      not_above: 'pas au-dessus de la borne',
      not_below: 'pas au-dessous de la borne',
      not_in_values: 'pas une des valeurs admises',
      no_match: 'pas de la forme attendue',
      not_integer: 'pas un nombre entier',
      not_decimal: 'pas un nombre décimal',
      not_double: 'pas un nombre',
      not_date: 'pas une date',
      not_timestamp: 'pas une date avec heure',
      not_boolean: 'ni oui, ni non',
      unmatched: 'sans correspondance',
      broken_json: 'JSON illisible',
      not_an_object: 'pas un objet JSON',
      invalid_encoding: 'octets qui ne sont pas du texte',
      column_new: 'colonne nouvelle',
      type_changed: 'type changé',
      broken_line: 'ligne illisible',
      line_too_long: 'ligne trop longue',
      missing_columns: 'moins de cellules que de colonnes',
      too_many_columns: 'plus de cellules que de colonnes',
      unclosed_quote: 'guillemet non fermé',
      repeated_key: 'clé en double dans le document',
      not_text: 'pas un texte',
      invalid: 'valeur contraire au contrat',
      suppressed: 'personne oubliée à sa demande',
    },
    bounds: {
      below_min: { after: ' is less than ', text: 'plus petit que ' },
      above_max: { after: ' is greater than ', text: 'plus grand que ' },
      not_above: { after: ' is not greater than ', text: 'pas au-dessus de ' },
      not_below: { after: ' is not less than ', text: 'pas au-dessous de ' },
      no_match: { after: ' does not match ', text: 'pas de la forme ' },
    },
    note: 'Une ligne peut avoir plusieurs motifs. Les étapes à côté du chemin de la table principale figurent aussi.',
  },
  segments: {
    value: (column) => `La valeur par ${column}`,
    valueAlt: (column) => `Barres\u00a0: la valeur qu’apportent les personnes de chaque ${column}.`,
    sizes: (column) => `Effectifs par ${column}`,
    sizesAlt: (column, count, first) =>
      `Barres\u00a0: personnes dans ${count < 2 ? 'le groupe' : `chacun des ${count} groupes`} de ${column}\u00a0; le plus grand est ${first}.`,
    treatments: 'Segment, traitement, action, personnes, à contacter',
    treated: 'Segment, traitement, action, personnes',
    no_consent: 'Sans accord',
    no_address: 'Sans adresse',
    to_contact: 'À contacter',
    contactNote:
      'Un segment qui a deux actions a deux lignes. Qui n’a pas donné son accord, ou n’a pas d’adresse pour le canal de l’action, est exclu\u00a0; –\u00a0: l’action n’a pas de canal.',
  },
  migration: {
    since: (run, day) => `Comparé à la version ${day === undefined ? 'précédente' : `du ${day}`}, ${run}.`,
    matrix: (column) => `Passages d’un ${column} à l’autre`,
    alt: (column) => `Carte de chaleur\u00a0: personnes par ${column}, avant et maintenant.`,
    from: 'De',
    to: 'Vers',
    more: (count) => `${plural(count, 'autre paire non montrée', 'autres paires non montrées')}.`,
    entered: '(entrés)',
    left: '(sortis)',
  },
  rfm: {
    map: 'Clients par points de récence et de fréquence',
    mapAlt:
      'Carte de chaleur\u00a0: points de récence vers le haut, de fréquence vers la droite\u00a0; dans chaque case, les clients et leur valeur.',
    cells: 'Clients et valeur par case',
    recency: 'Points de récence',
    frequency: 'Points de fréquence',
    monetary: 'Points de montant',
    shareOfValue: 'Part de la valeur',
  },
  value: {
    noForecast:
      'C’est ce que les clients ont dépensé. Ce qu’ils dépenseront (valeur à vie) n’est pas dit\u00a0: aucune étape de ce pipeline ne le prévoit.',
    emptyForecast:
      'Ce que les clients dépenseront (valeur à vie) n’est pas dit\u00a0: le modèle ne le donne pour personne.',
    forecast: (column) => `Ce qui est attendu de chaque segment\u00a0: ${column}`,
    forecastNote:
      'Une prévision\u00a0: elle vaut ce que dit le verdict du modèle, et davantage pour un segment que pour un client.',
    tenths: 'La valeur par déciles de clients, des meilleurs aux moins bons',
    tenthsAlt: 'Barres\u00a0: la valeur qu’apporte chaque décile de clients, le meilleur d’abord.',
    tenth: 'Décile',
    value: 'Valeur',
    mean: 'Moyenne',
    people: 'Clients qui ont une valeur',
    topFifth: 'Part des 20\u00a0% de meilleurs clients',
    gini: 'Coefficient de Gini',
    lorenz: 'Courbe de Lorenz',
    lorenzAlt:
      'Courbe\u00a0: la part de la valeur qu’apporte une part des clients, des moins bons aux meilleurs, sous la diagonale des parts égales.',
    equal: 'parts égales',
    shareOfPeople: 'Part des clients',
    shareOfValue: 'Part de la valeur',
  },
  cohorts: {
    retention: {
      month: 'Clients qui ont racheté, par mois du premier achat (%)',
      quarter: 'Clients qui ont racheté, par trimestre du premier achat (%)',
      year: 'Clients qui ont racheté, par année du premier achat (%)',
    },
    cohort: { month: 'Premier mois', quarter: 'Premier trimestre', year: 'Première année' },
    age: { month: 'Mois après', quarter: 'Trimestres après', year: 'Années après' },
    alt: 'Carte de chaleur\u00a0: pour chaque cohorte, la part de ses clients qui ont acheté dans chaque période suivante.',
    note: 'La dernière période n’est peut-être pas terminée.',
    until: (date) => `La dernière période est comptée jusqu’au ${date}.`,
  },
  model: {
    facts: 'Ce que les modèles disent d’eux-mêmes',
    factNames: {
      'buying.name': 'Modèle d’achat',
      'spending.name': 'Modèle de dépense',
      log_likelihood: 'Log-vraisemblance des achats',
      spending_log_likelihood: 'Log-vraisemblance des dépenses',
      customers: 'Clients',
      repeating_customers: 'Clients qui ont racheté',
      spending_customers: 'Clients dont la dépense est ajustée',
      'window.from': 'Premier jour',
      'window.to': 'Dernier jour',
      time_unit: 'Unité de temps',
      'holdout.days': 'Jours mis de côté',
      'holdout.known_to': 'Dernier jour connu, pour l’essai',
      'holdout.customers': 'Clients de l’essai',
      'holdout.purchases': 'Achats constatés',
      'holdout.purchases_expected': 'Achats prévus',
      'holdout.mean_squared_error': 'Erreur quadratique moyenne',
      'holdout.mean_squared_error_of_mean': 'Erreur quadratique d’une seule moyenne',
      'holdout.beats_mean': 'Meilleur qu’une moyenne pour tous',
      'convergence.iterations': 'Pas de l’ajustement des achats',
      'convergence.spending_iterations': 'Pas de l’ajustement des dépenses',
      'metrics.frequency_monetary_correlation': 'Corrélation entre fréquence et montant',
      'metrics.repeat_purchases': 'Réachats',
      'metrics.repeat_purchases_expected': 'Réachats prévus',
    },
    parameter: {
      buying: (name) => `Paramètre ${name} des achats`,
      spending: (name) => `Paramètre ${name} des dépenses`,
      holdout: (name) => `Paramètre ${name} de l’essai`,
    },
    factValues: { true: 'oui', false: 'non', shared: 'une moyenne pour tous', week: 'semaine', day: 'jour' },
    fact: 'Caractéristique',
    value: 'Valeur',
    scored: 'Clients qui ont une prévision',
    alive: 'Clients attendus comme actifs',
    expected: 'Achats attendus dans l’horizon',
    worth: (column) => `Total\u00a0: ${column}`,
    tried: (stage, days) =>
      `${stage}\u00a0: achats ${days < 2 ? 'du dernier jour' : `des ${days} derniers jours`}, prévus et réels, par nombre de réachats auparavant`,
    triedAlt: (days) =>
      `Barres côte à côte\u00a0: achats moyens d’un client ${days < 2 ? 'le dernier jour' : `pendant les ${days} derniers jours`}, réels et prévus, par nombre de réachats auparavant.`,
    triedNote: (date, days) =>
      `Moyennes par client. Pour cette comparaison, le modèle a été ajusté à ce qui était connu le ${date}, sans rien savoir ${days < 2 ? 'du jour suivant' : `des ${days} jours suivants`}.`,
    repeats: 'Réachats auparavant',
    came: 'Réel',
    foreseen: 'Prévu',
    spread: 'Clients par probabilité d’être actifs',
    spreadAlt: 'Barres\u00a0: combien de clients ont quelle probabilité d’être actifs, par dixièmes.',
    from: 'De',
    below: 'À moins de',
  },
  letter: {
    caption: 'Les treize rubriques',
    heading: 'Rubrique',
    answer: 'Ce qui est commandé',
    empty: (heading) => `Rien n’est dit sous «\u00a0${heading}\u00a0».`,
    headings: {
      nature: 'Nature',
      reason: 'Raison',
      purpose: 'Finalité',
      beneficiaries: 'Bénéficiaires',
      attachment: 'Rattachement',
      scope: 'Périmètre',
      actors: 'Acteurs',
      context: 'Contexte',
      initial_diagnosis: 'Diagnostic initial',
      feasibility: 'Faisabilité',
      resistances: 'Résistances',
      drifts: 'Dérives',
      budget: 'Budget',
    },
  },
  budget: {
    lines: 'Lignes du budget',
    line: 'Ligne',
    amount: 'Montant',
    alt: (count, total) => `Camembert\u00a0: les parts de ${count} lignes dans ${total}.`,
    split: 'Répartition',
    part: 'Destination',
    parts: { fidelity: 'Fidélisation', development: 'Développement' },
    agrees: ({ name, lines, without, stated }) => {
      const subject = lines === 1 ? 'La ligne' : `Les ${names[lines] ?? lines} lignes`
      const left =
        without.length === 0 ? '' : ` sans ${without.map((one) => `«\u00a0${one}\u00a0»`).join(', ')}`
      return `${subject}${left} ${lines === 1 ? 'fait' : 'font'} exactement ${stated}, comme annoncé (${name}).`
    },
    differs: ({ name, stated, sum }) =>
      `«\u00a0${name}\u00a0»\u00a0: ${stated} annoncés contre ${sum} par les lignes.`,
    totals: ({ itemised, stated }) => `Total des lignes ${itemised}\u00a0; total annoncé ${stated}.`,
    detail: ({ name, detail, amount }) =>
      `«\u00a0${name}\u00a0»\u00a0: ${detail} par le détail contre ${amount}.`,
    left: ({ envelope, byLines, asStated }) =>
      `Reste de l’enveloppe de ${envelope}\u00a0: ${byLines} par les lignes${asStated === undefined ? '' : `, ${asStated} comme annoncé`}.`,
    leftOver: 'Reste de l’enveloppe',
    changed: 'Le pipeline a un autre budget depuis\u00a0: la prochaine exécution le publie.',
    gap: (gap) => `Écart ${gap}.`,
    gapOfNine: (gap, ninth) => `Écart ${gap} = 9 × ${ninth}\u00a0:`,
    causes: {
      zero_too_many: 'probablement un zéro de trop.',
      zero_too_few: 'probablement un zéro oublié.',
      swapped_digits: 'probablement deux chiffres intervertis.',
      nine: 'neuf le divise, signe d’un zéro glissé ou de chiffres intervertis.',
    },
  },
  campaign: {
    path: (path, days, end) =>
      `Chemin critique ${path}\u00a0: ${plural(days, 'jour ouvré', 'jours ouvrés')}, fin le ${end}.`,
    margin: (date, days) =>
      `Le lancement est fixé au ${date}\u00a0: ${plural(days, 'jour ouvré', 'jours ouvrés')} de marge.`,
    late: (date, days) =>
      `Le lancement est fixé au ${date}\u00a0: en retard de ${plural(days, 'jour ouvré', 'jours ouvrés')}.`,
    changed: 'Le pipeline a un autre planning depuis\u00a0: la prochaine exécution le publie.',
    gantt: 'Diagramme de Gantt',
    alt: (count, start, end) =>
      `Diagramme de Gantt de ${count} tâches du ${start} au ${end}\u00a0; celles du chemin critique sont marquées.`,
    tasks: 'Tâches',
    id: 'N°',
    task: 'Tâche',
    days: 'Jours',
    after: 'Après',
    start: 'Début',
    finish: 'Fin',
    lateFinish: 'Fin au plus tard',
    slack: 'Marge',
    critical: 'Critique',
    other: 'Non critique',
  },
  tree: {
    caption: 'Cibles par activité et segment',
    alt: (kinds, leaves) =>
      `Arbre\u00a0: toutes les personnes, par ${plural(kinds, 'activité', 'activités')}, puis par ${plural(leaves, 'segment', 'segments')}, avec leurs effectifs.`,
    places: (column) => `Où sont les cibles\u00a0: ${column}`,
    byActivityAlt: (column, first) =>
      `Barres\u00a0: personnes par ${column} et par activité\u00a0; la valeur la plus fréquente est ${first}.`,
    densest: (column) => `Où les cibles sont les plus denses\u00a0: ${column}`,
    density: 'Pour 10\u00a0000 habitants',
    densityOf: (column) => `Personnes pour 10\u00a0000 habitants par ${column}`,
    densityAlt: (column, first) =>
      `Barres\u00a0: personnes pour 10\u00a0000 habitants par ${column}\u00a0; la plus forte densité\u00a0: ${first}.`,
    densityNote: (size) =>
      `La densité est le nombre de cibles pour 10\u00a0000 habitants du territoire\u00a0; les territoires sont dans cet ordre. Ceux qui ont moins de ${size} cibles sont parmi les autres.`,
    placesNote:
      'Aucune colonne ne dit combien d’habitants a un territoire\u00a0: ils sont dans l’ordre de leur nombre de cibles.',
  },
  coverage: {
    caption: 'Lignes qui ont une valeur, par champ et par origine',
    field: 'Champ',
    full: (fields) => `Dans chaque ligne\u00a0: ${fields.join(', ')}.`,
    note: 'Un texte vide ou une liste vide n’est pas une valeur. Un champ qu’une origine n’a jamais y vaut 0\u00a0%.',
  },
  dashboard: {
    rates: 'Qui a été touché, et jusqu’où\u00a0: personnes par ce qui s’est passé',
    happened: 'Ce qui s’est passé',
    rate: 'Part de ceux à qui il s’est passé quelque chose',
    cost: (total, each) => `Le budget est de ${total} par les lignes\u00a0: ${each} par personne du rapport.`,
    returned: (sold, share) => `L’offre a vendu ${sold} à la date du rapport\u00a0: ${share} du budget.`,
    actions: {
      caption: 'Personnes touchées, coût et ventes de chaque action',
      campaign: 'Campagne',
      answers: 'Réponses favorables',
      rate: 'Taux',
      cost: 'Coût',
      each: 'Coût d’une réponse',
      buyers: 'Acheteurs',
      sales: (days) => `Ventes sous ${days} jours`,
      back: 'Ventes ÷ coût',
      costNote: '–\u00a0: le coût n’est pas connu de chaque action.',
      salesNote: (days) =>
        `Un achat compte pour la dernière action qui a touché la personne dans les ${days} jours d’avant, avoirs déduits\u00a0: aucun ne compte deux fois. Ce qui aurait été acheté sans elle n’est pas connu\u00a0: ce n’est pas la preuve de ce que l’action a rapporté.`,
      open: (days, date) =>
        `Les ${days} jours ne sont pas écoulés pour chaque action\u00a0: les ventes sont comptées jusqu’au ${date}.`,
    },
    productSegments: 'Qui a acheté quoi\u00a0: clients par produit et par segment',
    productSegmentsAlt: 'Carte de chaleur\u00a0: clients qui ont acheté chaque produit, par segment.',
    byMonth: 'Ventes des douze derniers mois',
    byActivity: 'Ventes par activité, depuis le début',
    offers: (column) => `Ce qui est proposé\u00a0: ${column} par activité`,
    events: (side) => `Ce qui s’est passé, mois par mois${side === undefined ? '' : `\u00a0: ${side}`}`,
    eventsAlt: (side) =>
      `Barres\u00a0: personnes par mois et par ce qui a été envoyé, fait ou dit${side === undefined ? '' : `, côté ${side}`}.`,
    eventsNote:
      'Des personnes, chacune comptée une fois par mois, quel que soit le nombre de fois. Les barres d’un mois additionnent ce qui s’est passé, pas des personnes.',
    traits: (side) => `Qui ils sont et ce qu’ils ont fait${side === undefined ? '' : `\u00a0: ${side}`}`,
    trait: 'Ce qui est dit',
    mean: 'Moyenne',
    traitsNote: (side) =>
      `Personnes pour qui c’est vrai, ou qui l’ont\u00a0; la moyenne est celle de ces personnes.${side === undefined ? '' : ` Chacun est d’un seul côté (${side}), à la date du rapport.`}`,
    interest: (side) => `Intéressé ou non, et pourquoi${side === undefined ? '' : `\u00a0: ${side}`}`,
    interestByMonth: (side) =>
      `L’intérêt tel qu’il a été dit, mois par mois${side === undefined ? '' : `\u00a0: ${side}`}`,
    products: 'Ventes par produit des douze derniers mois',
    bought: (column) => `Ce qui est acheté\u00a0: ${column} par activité`,
    alt: 'Barres\u00a0: ventes mois par mois, par activité où elle est connue.',
    month: 'Mois',
    purchases: 'Achats',
    returns: 'Avoirs',
    returnsNote:
      'Un avoir n’est pas un achat\u00a0: il est compté à part et vient en déduction des ventes\u00a0; ses clients sont parmi les clients.',
    openMonth: (month, date) => `Le mois ${month} n’est pas terminé\u00a0: il est compté jusqu’au ${date}.`,
    sales: 'Ventes',
  },
  stages: {
    caption: 'Lignes de chaque étape',
    plugin: 'Plugin',
    in: 'Entrées',
    out: 'Sorties',
    checks: 'Contrôles',
    check: 'Contrôle',
    status: 'État',
    statuses: { pass: 'réussi', warn: 'avertissement', fail: 'échoué' },
  },
  warnings: {
    caption: 'Avertissements de l’exécution',
    what: 'Avertissement',
    count: 'Lignes',
    verdict: {
      sound: (stage) => `${stage}\u00a0: le modèle convient\u00a0; il a passé chacun de ses contrôles.`,
      doubtful: (stage, told) => `${stage}\u00a0: ${told.join('\u00a0; ')}.`,
      silent: (stage) => `${stage}\u00a0: le modèle ne dit pas ce que vaut son ajustement.`,
      tried: ({ days, came, expected, error, errorOfMean }) =>
        `Éprouvé sur ${days} jours qu’il ignorait\u00a0: ${expected} achats prévus, ${came} constatés\u00a0; erreur quadratique moyenne par client ${error}, contre ${errorOfMean} pour une seule moyenne pour tous.`,
    },
    told: {
      columns_renamed: 'colonnes renommées\u00a0: les noms qui commencent par _ sont ceux du moteur',
      encoding_doubtful:
        'un fichier a été lu comme du Windows-1252\u00a0; toutes ses lettres ne le confirment pas\u00a0: à vérifier',
      file_empty: 'un fichier est vide et n’a pas été lu',
      lines_before_header: 'des lignes avant les titres des colonnes n’ont pas été lues',
      header_narrow: 'les titres des colonnes sont moins nombreux que les cellules des lignes',
      header_quotes: 'un guillemet des titres des colonnes n’est pas fermé',
      records_older_than_asked:
        'enregistrements plus anciens que ce qui était demandé\u00a0: déjà connus, laissés de côté',
      since_compared_as_text: 'des dates ou nombres de la source ont été comparés comme du texte',
      texts_rewritten: 'textes réécrits\u00a0: espaces et caractères invisibles',
      values_set_null: 'valeurs non valables, laissées vides',
      names_respelled: 'noms et civilités réécrits comme dans une lettre',
      largest_group: 'lignes font le plus grand groupe réuni en une seule',
      keys_set_aside: 'lignes dont une valeur est partagée par trop d’autres pour être une clé',
      after_as_of: 'lignes datées d’après le jour du rapport, qui ne comptent pour rien',
      segment_unknown: 'lignes sans segment\u00a0: il ne peut pas être connu',
      model_unfit: 'les données ne suffisent pas au modèle\u00a0: il ne donne rien',
      fit_on_bound:
        'le modèle d’achat touche une borne\u00a0: sur ce point (qui part, ou à quel rythme on achète) il ne distingue pas les clients',
      not_better_than_mean:
        'sur des jours qu’il ignorait, le modèle ne fait pas mieux qu’une moyenne pour tous\u00a0: il ne dit rien d’un client',
      holdout_unfit: 'trop peu d’achats avant les jours mis de côté pour éprouver le modèle',
      spending_unfit: 'les montants ne suffisent pas à un modèle de dépense',
      spending_on_bound: 'le modèle de dépense est à ses bornes',
      spending_without_spread:
        'les dépenses des clients ne diffèrent pas plus que par hasard\u00a0: chacun reçoit la moyenne de tous',
      spending_without_mean: 'les dépenses diffèrent tant que les clients n’ont pas de moyenne commune',
    },
  },
}
