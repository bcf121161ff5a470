# What the lab says. One message a line; arguments stand as they are.

stage-title = The plane
stage-hint = Real points, generated points, and what the discriminator thinks of each place.
stage-summary = Step { $step }: { $seen } of { $count } generated points lie within the picture of the real ones.
layers = What is shown
layer-reals = Real
layer-fakes = Generated
layer-surface = Discriminator
layer-lattice = Latent grid
layer-pulls = Pull on the generator
layer-trails = Trails
legend-fake = Fake
legend-real = Real
walk-first = First latent coordinate
walk-second = Second latent coordinate
walk-hint = Point at the picture or move the sliders: which latent goes where?
walk-place = Latent ({ $latent }) goes to ({ $x }, { $y }).
