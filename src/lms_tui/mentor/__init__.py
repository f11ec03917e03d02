"""The mentor's side of the service: what a model is told, how its answer comes, and what may go wrong with it.

The only room that speaks to an AI provider. It knows neither the database nor HTTP of our own: the service hands in
what is to be told and takes what comes.
"""
