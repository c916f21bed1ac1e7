using ClusterTrain.Node;

return CommandLine.Run(args);
