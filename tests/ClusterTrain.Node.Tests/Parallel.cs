// Two of them are the collections of clusters, which wait most of the time.
[assembly: Xunit.v3.Parallelization(MaxThreads = 4)]
