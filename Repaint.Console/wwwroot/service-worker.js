// While developing every request goes to the network.
