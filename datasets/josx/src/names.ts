/** First names and surnames that are common in France; any person they make up is fictional. */
export const firstNames = {
  'M.': list(`
  Jean, Pierre, Michel, André, Philippe, René, Louis, Alain, Jacques, Bernard, Marcel, Daniel, Roger,
  Robert, Paul, Maurice, Christian, Henri, Georges, Nicolas, François, Éric, Frédéric, Sébastien, Jérôme,
  Stéphane, Thierry, Hervé, Benoît, Loïc, Gaël, Rémi, Raphaël, Jean-Luc, Jean-François, Jean-Noël, Yves,
  Guillaume, Antoine, Mathieu, Clément, Cédric, Grégory, Mickaël, Joël, Noël, Anaël, Côme, Théo, Édouard,
  Olivier, Vincent, Laurent, Pascal, Xavier, Damien, Fabien, Gilles, Didier, Karim, Mehdi, Ahmed, Manuel,
  Antonio, Bruno, Marc, Maxime, Romain, Adrien, Thomas, Alexandre, Baptiste, Hugo, Lucas
`),
  Mme: list(`
  Marie, Jeanne, Françoise, Monique, Catherine, Nathalie, Isabelle, Jacqueline, Anne, Sylvie, Martine,
  Madeleine, Nicole, Suzanne, Hélène, Christine, Marguerite, Denise, Louise, Valérie, Céline, Aurélie,
  Stéphanie, Véronique, Agnès, Cécile, Élodie, Émilie, Mélanie, Chloé, Zoé, Léa, Anaïs, Maëlle, Noémie,
  Bénédicte, Geneviève, Thérèse, Renée, Solène, Gaëlle, Inès, Édith, Marie-Hélène, Anne-Sophie,
  Marie-Thérèse, Sandrine, Virginie, Sophie, Laurence, Florence, Brigitte, Corinne, Patricia, Julie,
  Claire, Camille, Fatima, Nadia, Samira, Karine, Laetitia, Delphine, Caroline, Sarah, Alice, Emma, Manon,
  Pauline, Charlotte
`),
}

export const surnames = list(`
  Martin, Bernard, Thomas, Petit, Robert, Richard, Durand, Dubois, Moreau, Laurent, Simon, Michel, Lefèvre,
  Leroy, Roux, David, Bertrand, Morel, Fournier, Girard, Bonnet, Dupont, Lambert, Fontaine, Rousseau,
  Vincent, Müller, Lefebvre, Faure, André, Mercier, Blanc, Guérin, Boyer, Garnier, Chevalier, François,
  Legrand, Gauthier, Garcia, Perrin, Robin, Clément, Morin, Nicolas, Henry, Roussel, Mathieu, Gautier,
  Masson, Marchand, Duval, Denis, Dumont, Marie, Lemaire, Noël, Meyer, Dufour, Meunier, Brun, Blanchard,
  Giraud, Joly, Rivière, Lucas, Brunet, Gaillard, Barbier, Arnaud, Martínez, Gérard, Roche, Renard,
  Schmitt, Roy, Leroux, Colin, Vidal, Caron, Picard, Roger, Fabre, Aubert, Lemoine, Renaud, Dumas, Lacroix,
  Olivier, Philippe, Bourgeois, Pierre, Benoît, Rey, Leclerc, Payet, Rolland, Leclercq, Guillaume, Lecomte,
  López, Jean, Dupuy, Guillot, Hubert, Berger, Carpentier, Sánchez, Dupuis, Moulin, Louis, Deschamps, Huet,
  Vasseur, Perez, Boucher, Fleury, Royer, Klein, Jacquet, Adam, Paris, Poirier, Marty, Aubry, Guyot, Carré,
  Charles, Renault, Charpentier, Ménard, Maillard, Baron, Bertin, Bailly, Hervé, Schneider, Fernandez,
  Le Gall, Collet, Léger, Bouvier, Julien, Prévost, Millet, Perrot, Daniel, Le Roux, Cousin, Germain,
  Breton, Besson, Langlois, Rémy, Le Goff, Pelletier, Lévêque, Perrier, Leblanc, Barré, Lebrun, Marchal,
  Weber, Mallet, Hamon, Boulanger, Jacob, Monnier, Michaud, Rodriguez, Guichard, Gillet, Étienne, Grondin,
  Poulain, Tessier, Chevallier, Collin, Chauvin, Da Silva, Bouchet, Gay, Lemaître, Bénard, Maréchal,
  Humbert, Reynaud, Antoine, Hoarau, Perret, Barthélemy, Cordier, Pichon, Lejeune, Gilbert, Lamy, Delaunay,
  Pasquier, Carlier, D'Hauteville, L'Hermite, Œuvrard, De La Tour, Saint-Martin
`)

export const streetKinds = list(`
  rue, rue, rue, rue, avenue, boulevard, place, chemin, impasse, allée, route, quai
`)

export const streetNames = list(`
  de la République, Victor Hugo, de la Gare, du Général de Gaulle, Jean Jaurès, Pasteur, des Écoles,
  de l’Église, du Moulin, des Lilas, Gambetta, de la Mairie, du Château, des Vignes, des Tilleuls,
  Jules Ferry, de la Fontaine, de Verdun, du 8 Mai 1945, du 11 Novembre, Émile Zola, des Acacias,
  Saint-Vincent, du Pressoir, de la Liberté, de Bourgogne, des Tonneliers, Molière, du Marché,
  des Cerisiers, de la Poste, Georges Clemenceau, du Stade
`)

function list(text: string): readonly string[] {
  return text.split(',').map((word) => word.trim())
}
