"""How fast the product is, as ratios: ``python -m tests.bench`` measures and prints each ratio beside its goal.

Each module named ``bench_…`` measures one subject and is not collected by pytest; ``docs/performance.md`` says what each
figure means.
"""
