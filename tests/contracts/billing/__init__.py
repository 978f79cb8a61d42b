"The billing contract, recorded"
